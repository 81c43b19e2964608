"""People who log in."""

import factory

from shopdisputes.accounts.models import User

PASSWORD = "a long enough password 42"


class UserFactory(factory.django.DjangoModelFactory):
    """A person with ``PASSWORD`` who works nowhere yet."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@staff.example")
    language = "en"

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **kwargs: object) -> User:
        kwargs.setdefault("password", PASSWORD)
        return model_class.objects.create_user(*args, **kwargs)


class AdministratorFactory(UserFactory):
    """A person with every right in the Django admin."""

    is_staff = True
    is_superuser = True
